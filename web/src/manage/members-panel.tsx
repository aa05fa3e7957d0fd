import type { RoleId } from "@parley/contract/ids";
import type { Member } from "@parley/contract/members";
import { has, MANAGE_NICKNAMES, MANAGE_ROLES } from "@parley/contract/permissions";
import type { Role } from "@parley/contract/roles";
import type { OrganizationClient } from "@parley/sdk/organization-client";
import { type FormEvent, useState } from "react";
import { Person } from "../person.tsx";
import { Moderation } from "./moderation.tsx";
import { MoreButton } from "./more-button.tsx";
import { Problem } from "./problem.tsx";
import { outranksMember, type Rank, standsAbove } from "./rank.ts";
import { useAction } from "./use-action.ts";
import { useLoad } from "./use-load.ts";
import { usePages } from "./use-pages.ts";
import { useQueue } from "./use-queue.ts";

const time = new Intl.DateTimeFormat(undefined, { dateStyle: "short", timeStyle: "short" });

interface MembersPanelProps {
  organization: OrganizationClient;
  /** What the person may do in the organisation. */
  held: bigint;
  rank: Rank;
  you: string;
}

export function MembersPanel({ organization, held, rank, you }: MembersPanelProps) {
  const [name, setName] = useState("");
  const roles = useLoad(organization.roles);
  const members = usePages((cursor) => organization.members({ name, limit: "100", cursor }), name);
  return (
    <div className="panel">
      <label>
        Find somebody
        <input
          type="search"
          placeholder="How their name begins"
          value={name}
          onChange={(event) => setName(event.target.value)}
        />
      </label>
      <Problem text={members.problem} />
      {members.items?.length === 0 && <p className="quiet">Nobody here has such a name.</p>}
      <ul className="rows" aria-label="Members">
        {members.items?.map((member) => (
          <li key={member.userId}>
            <MemberRow
              organization={organization}
              member={member}
              roles={roles.value ?? []}
              held={held}
              rank={rank}
              isYou={member.userId === you}
              onChanged={members.reload}
            />
          </li>
        ))}
      </ul>
      <MoreButton of={members} />
    </div>
  );
}

interface MemberRowProps {
  organization: OrganizationClient;
  member: Member;
  roles: readonly Role[];
  held: bigint;
  rank: Rank;
  isYou: boolean;
  onChanged(): Promise<void>;
}

function MemberRow({ organization, member, roles, held, rank, isYou, onChanged }: MemberRowProps) {
  const { problem, run } = useAction();
  const act = (work: () => Promise<unknown>) => run(() => work().then(onChanged));
  const mayAct = outranksMember(rank, member, roles);
  const shown = member.nickname ?? member.username;
  const names = roles.filter(({ id }) => member.roleIds.includes(id)).map((role) => role.name);
  return (
    <details className="row">
      <summary>
        <Person name={shown} muted={false} speaking={false} you={isYou} />
        {member.nickname !== null && <span className="quiet small">{member.username}</span>}
        <span className="chips">
          {member.isOwner && <span className="chip">Owner</span>}
          {names.map((role) => (
            <span key={role} className="chip">
              {role}
            </span>
          ))}
          {member.timedOutUntil !== null && Date.parse(member.timedOutUntil) > Date.now() && (
            <span className="chip warn">Timed out until {time.format(new Date(member.timedOutUntil))}</span>
          )}
        </span>
      </summary>
      <div className="row-body">
        {(isYou || (mayAct && has(held, MANAGE_NICKNAMES))) && (
          <Nickname
            member={member}
            onSave={(nickname) => void act(() => organization.updateMember(member.userId, { nickname }))}
          />
        )}
        <RoleChoice
          organization={organization}
          member={member}
          roles={roles.filter(({ isEveryone }) => !isEveryone)}
          mayChange={(role) =>
            (mayAct || rank === null) &&
            has(held, MANAGE_ROLES | BigInt(role.permissions)) &&
            standsAbove(rank, role)
          }
          onChanged={onChanged}
        />
        {!isYou && mayAct && (
          <Moderation
            organization={organization}
            member={member}
            held={held}
            act={(work) => void act(work)}
          />
        )}
        <Problem text={problem} />
      </div>
    </details>
  );
}

interface NicknameProps {
  member: Member;
  onSave(nickname: string | null): void;
}

function Nickname({ member, onSave }: NicknameProps) {
  const [nickname, setNickname] = useState(member.nickname ?? "");
  function submit(event: FormEvent) {
    event.preventDefault();
    onSave(nickname.trim() === "" ? null : nickname);
  }
  return (
    <form className="inline" onSubmit={submit}>
      <label>
        Nickname here
        <input
          maxLength={64}
          placeholder={member.username}
          value={nickname}
          onChange={(event) => setNickname(event.target.value)}
        />
      </label>
      <button type="submit">Save</button>
    </form>
  );
}

interface RoleChoiceProps {
  organization: OrganizationClient;
  member: Member;
  roles: readonly Role[];
  mayChange(role: Role): boolean;
  onChanged(): Promise<void>;
}

/** Ticks show at once and are sent one by one, so that quick ones neither wait for nor undo each other. */
function RoleChoice({ organization, member, roles, mayChange, onChanged }: RoleChoiceProps) {
  const [ticked, setTicked] = useState<ReadonlyMap<RoleId, boolean>>(NONE);
  const { problem, add } = useQueue(async (isEmpty) => {
    await onChanged();
    if (isEmpty()) setTicked(NONE);
  });
  const isHeld = (id: RoleId) => ticked.get(id) ?? member.roleIds.includes(id);
  // What is neither held nor for the person to give says nothing here.
  const shown = roles.filter((role) => isHeld(role.id) || mayChange(role));
  function tick(id: RoleId, held: boolean) {
    setTicked((before) => new Map(before).set(id, held));
    add(() => organization.setMemberRole(member.userId, id, held));
  }
  if (shown.length === 0) return <p className="quiet small">No role besides everyone's.</p>;
  return (
    <fieldset className="bits compact">
      <legend>Roles</legend>
      {shown.map((role) => (
        <label key={role.id} className="bit">
          <input
            type="checkbox"
            checked={isHeld(role.id)}
            disabled={!mayChange(role)}
            onChange={(event) => tick(role.id, event.target.checked)}
          />
          <span>{role.name}</span>
        </label>
      ))}
      <Problem text={problem} />
    </fieldset>
  );
}

const NONE: ReadonlyMap<RoleId, boolean> = new Map();

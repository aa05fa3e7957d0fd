import type { RoleId } from "@parley/contract/ids";
import type { Member } from "@parley/contract/members";
import { has, MANAGE_NICKNAMES, MANAGE_ROLES } from "@parley/contract/permissions";
import type { Role } from "@parley/contract/roles";
import type { OrganizationClient } from "@parley/sdk/organization-client";
import { type FormEvent, useState } from "react";
import { Person } from "../person.tsx";
import { Moderation } from "./moderation.tsx";
import { Problem } from "./problem.tsx";
import { useAction } from "./use-action.ts";
import { useLoad } from "./use-load.ts";

interface MembersPanelProps {
  organization: OrganizationClient;
  /** What the person may do in the organisation. */
  held: bigint;
  you: string;
}

export function MembersPanel({ organization, held, you }: MembersPanelProps) {
  const [name, setName] = useState("");
  const roles = useLoad(organization.roles);
  const members = useLoad(() => organization.members({ name, limit: "100" }), name);
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
      {members.value?.items.length === 0 && <p className="quiet">Nobody here has such a name.</p>}
      <ul className="rows" aria-label="Members">
        {members.value?.items.map((member) => (
          <li key={member.userId}>
            <MemberRow
              organization={organization}
              member={member}
              roles={roles.value ?? []}
              held={held}
              isYou={member.userId === you}
              onChanged={() => void members.reload()}
            />
          </li>
        ))}
      </ul>
      {members.value?.nextCursor && (
        <p className="quiet small">These are the first 100. Type how a name begins to find others.</p>
      )}
    </div>
  );
}

interface MemberRowProps {
  organization: OrganizationClient;
  member: Member;
  roles: readonly Role[];
  held: bigint;
  isYou: boolean;
  onChanged(): void;
}

function MemberRow({ organization, member, roles, held, isYou, onChanged }: MemberRowProps) {
  const { problem, run } = useAction();
  const act = async (work: () => Promise<unknown>) => {
    if (await run(work)) onChanged();
  };
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
            <span className="chip warn">Timed out</span>
          )}
        </span>
      </summary>
      <div className="row-body">
        <Nickname
          member={member}
          disabled={!isYou && !has(held, MANAGE_NICKNAMES)}
          onSave={(nickname) => void act(() => organization.updateMember(member.userId, { nickname }))}
        />
        <RoleChoice
          roles={roles.filter(({ isEveryone }) => !isEveryone)}
          chosen={member.roleIds}
          disabled={!has(held, MANAGE_ROLES)}
          onChange={(roleIds) => void act(() => organization.updateMember(member.userId, { roleIds }))}
        />
        {!isYou && !member.isOwner && (
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
  disabled: boolean;
  onSave(nickname: string | null): void;
}

function Nickname({ member, disabled, onSave }: NicknameProps) {
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
          disabled={disabled}
          placeholder={member.username}
          value={nickname}
          onChange={(event) => setNickname(event.target.value)}
        />
      </label>
      <button type="submit" disabled={disabled}>
        Save
      </button>
    </form>
  );
}

interface RoleChoiceProps {
  roles: readonly Role[];
  chosen: readonly RoleId[];
  disabled: boolean;
  onChange(roleIds: RoleId[]): void;
}

function RoleChoice({ roles, chosen, disabled, onChange }: RoleChoiceProps) {
  if (roles.length === 0) return null;
  const toggled = (id: RoleId) =>
    chosen.includes(id) ? chosen.filter((one) => one !== id) : [...chosen, id];
  return (
    <fieldset className="bits compact" disabled={disabled}>
      <legend>Roles</legend>
      {roles.map(({ id, name }) => (
        <label key={id} className="bit">
          <input type="checkbox" checked={chosen.includes(id)} onChange={() => onChange(toggled(id))} />
          <span>{name}</span>
        </label>
      ))}
    </fieldset>
  );
}

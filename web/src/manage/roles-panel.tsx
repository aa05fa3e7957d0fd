import type { RoleId } from "@parley/contract/ids";
import { has, MANAGE_ROLES } from "@parley/contract/permissions";
import type { Role } from "@parley/contract/roles";
import type { OrganizationClient } from "@parley/sdk/organization-client";
import { type FormEvent, useState } from "react";
import { BitEditor } from "./bit-editor.tsx";
import { ConfirmButton } from "./confirm-button.tsx";
import { Problem } from "./problem.tsx";
import { type Rank, standsAbove } from "./rank.ts";
import { SavedNote } from "./saved-note.tsx";
import { StaleNotice } from "./stale-notice.tsx";
import { SteadyButton } from "./steady-button.tsx";
import { useUnsaved } from "./unsaved.ts";
import { useAction } from "./use-action.ts";
import { useDraft } from "./use-draft.ts";
import { useLoad } from "./use-load.ts";
import { useQueue } from "./use-queue.ts";

interface RolesPanelProps {
  organization: OrganizationClient;
  held: bigint;
  rank: Rank;
}

export function RolesPanel({ organization, held, rank }: RolesPanelProps) {
  const { value: roles = [], problem, reload } = useLoad(organization.roles);
  const [chosen, setChosen] = useState<RoleId>();
  const [name, setName] = useState("");
  const [opened, setOpened] = useState<ReadonlySet<RoleId>>(new Set());
  const action = useAction();
  const moves = useQueue(reload);
  const mayManage = has(held, MANAGE_ROLES);
  const mayChange = (role: Role | undefined) => mayManage && role !== undefined && standsAbove(rank, role);
  const role = roles.find(({ id }) => id === chosen) ?? roles[0];
  // An editor that was seen once stays, out of sight, with whatever was changed in it.
  if (role && !opened.has(role.id)) setOpened(new Set(opened).add(role.id));

  async function create(event: FormEvent) {
    event.preventDefault();
    await action.run(async () => {
      const made = await organization.createRole(name, 0n);
      await reload();
      setName("");
      setChosen(made.id);
    });
  }

  /** Positions count from below; the list shows the highest first. Seen from how they stand when its turn comes. */
  const move = (id: RoleId, step: -1 | 1) =>
    moves.add(async () => {
      const order = (await organization.roles()).filter(({ isEveryone }) => !isEveryone).map((one) => one.id);
      const index = order.indexOf(id);
      order.splice(index, 1);
      order.splice(Math.max(0, index + step), 0, id);
      await organization.reorderRoles(order.reverse());
      await reload();
    });
  const assignable = roles.length - 1;

  return (
    <div className="panel two-columns">
      <div>
        <Problem text={problem || action.problem || moves.problem} />
        <ol className="rows" aria-label="Roles, the highest first">
          {roles.map((one, index) => (
            <li key={one.id} className="role-line">
              <button
                type="button"
                className="choice"
                aria-current={one.id === role?.id}
                onClick={() => setChosen(one.id)}
              >
                {one.name}
              </button>
              {mayChange(one) && !one.isEveryone && (
                <>
                  <SteadyButton
                    className="bare"
                    label={`Move ${one.name} up`}
                    idle={!mayChange(roles[index - 1])}
                    onPress={() => move(one.id, -1)}
                  >
                    ▲
                  </SteadyButton>
                  <SteadyButton
                    className="bare"
                    label={`Move ${one.name} down`}
                    idle={index >= assignable - 1}
                    onPress={() => move(one.id, 1)}
                  >
                    ▼
                  </SteadyButton>
                </>
              )}
            </li>
          ))}
        </ol>
        {mayManage && (
          <form className="inline" onSubmit={create}>
            <label>
              New role
              <input required maxLength={64} value={name} onChange={(event) => setName(event.target.value)} />
            </label>
            <button type="submit">Add</button>
          </form>
        )}
      </div>
      {roles
        .filter(({ id }) => opened.has(id))
        .map((one) => (
          <div key={one.id} hidden={one.id !== role?.id}>
            <RoleEditor
              organization={organization}
              role={one}
              held={held}
              mayManage={mayChange(one)}
              onChanged={reload}
            />
          </div>
        ))}
    </div>
  );
}

interface RoleEditorProps {
  organization: OrganizationClient;
  role: Role;
  held: bigint;
  mayManage: boolean;
  onChanged(): Promise<void>;
}

function RoleEditor({ organization, role, held, mayManage, onChanged }: RoleEditorProps) {
  const draft = useDraft(role);
  const { name } = draft.value;
  const bits = BigInt(draft.value.permissions);
  const change = (part: Partial<Role>) => draft.change({ ...draft.value, ...part });
  const action = useAction();
  const { busy, problem, done, run } = action;
  useUnsaved(draft.isTouched, `the role ${role.name}`);

  async function showPresent() {
    await onChanged();
    draft.discard();
  }
  async function save(event: FormEvent) {
    event.preventDefault();
    if (await run(() => organization.updateRole(role.id, name, bits, draft.base.version)))
      await showPresent();
  }
  const remove = async () => {
    if (await run(() => organization.removeRole(role.id))) await onChanged();
  };

  return (
    <form onSubmit={save} aria-label={`Role ${role.name}`}>
      <label>
        Name
        <input
          required
          maxLength={64}
          disabled={!mayManage}
          value={name}
          onChange={(event) => change({ name: event.target.value })}
        />
      </label>
      {role.isEveryone && <p className="quiet small">Every member holds this role.</p>}
      <BitEditor
        bits={bits}
        held={held}
        readOnly={!mayManage}
        onChange={(now) => change({ permissions: now.toString() })}
      />
      <Problem text={problem} />
      <StaleNotice action={action} onShow={() => void run(showPresent)} />
      {mayManage && (
        <div className="dialog-buttons">
          {!role.isEveryone && (
            <ConfirmButton label="Delete role" sure="Really delete it" onConfirm={() => void remove()} />
          )}
          <SavedNote when={done && !draft.isTouched} />
          <button type="submit" className="primary" aria-busy={busy}>
            Save role
          </button>
        </div>
      )}
    </form>
  );
}

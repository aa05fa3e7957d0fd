import type { RoleId } from "@parley/contract/ids";
import { has, MANAGE_ROLES } from "@parley/contract/permissions";
import type { Role } from "@parley/contract/roles";
import type { OrganizationClient } from "@parley/sdk/organization-client";
import { type FormEvent, useState } from "react";
import { BitEditor } from "./bit-editor.tsx";
import { ConfirmButton } from "./confirm-button.tsx";
import { Problem } from "./problem.tsx";
import { useAction } from "./use-action.ts";
import { useLoad } from "./use-load.ts";

interface RolesPanelProps {
  organization: OrganizationClient;
  held: bigint;
}

export function RolesPanel({ organization, held }: RolesPanelProps) {
  const { value: roles = [], problem, reload } = useLoad(organization.roles);
  const [chosen, setChosen] = useState<RoleId>();
  const [name, setName] = useState("");
  const action = useAction();
  const mayManage = has(held, MANAGE_ROLES);
  const role = roles.find(({ id }) => id === chosen) ?? roles[0];

  async function create(event: FormEvent) {
    event.preventDefault();
    await action.run(async () => {
      const made = await organization.createRole(name, 0n);
      await reload();
      setName("");
      setChosen(made.id);
    });
  }

  /** Positions count from below; the list shows the highest first. */
  const move = (index: number, step: -1 | 1) =>
    action.run(async () => {
      const order = roles.filter(({ isEveryone }) => !isEveryone).map(({ id }) => id);
      const [moved] = order.splice(index, 1);
      if (moved) order.splice(index + step, 0, moved);
      await organization.reorderRoles(order.reverse());
      await reload();
    });
  const assignable = roles.length - 1;

  return (
    <div className="panel two-columns">
      <div>
        <Problem text={problem || action.problem} />
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
              {mayManage && !one.isEveryone && (
                <>
                  <button
                    type="button"
                    className="bare"
                    aria-label={`Move ${one.name} up`}
                    disabled={index === 0}
                    onClick={() => void move(index, -1)}
                  >
                    ▲
                  </button>
                  <button
                    type="button"
                    className="bare"
                    aria-label={`Move ${one.name} down`}
                    disabled={index >= assignable - 1}
                    onClick={() => void move(index, 1)}
                  >
                    ▼
                  </button>
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
      {role && (
        <RoleEditor
          key={role.id}
          organization={organization}
          role={role}
          held={mayManage ? held : 0n}
          onChanged={() => void reload()}
        />
      )}
    </div>
  );
}

interface RoleEditorProps {
  organization: OrganizationClient;
  role: Role;
  held: bigint;
  onChanged(): void;
}

function RoleEditor({ organization, role, held, onChanged }: RoleEditorProps) {
  const [name, setName] = useState(role.name);
  const [bits, setBits] = useState(BigInt(role.permissions));
  const { busy, problem, run } = useAction();
  const mayManage = held !== 0n;

  async function save(event: FormEvent) {
    event.preventDefault();
    if (await run(() => organization.updateRole(role.id, name, bits))) onChanged();
  }
  const remove = async () => {
    if (await run(() => organization.removeRole(role.id))) onChanged();
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
          onChange={(event) => setName(event.target.value)}
        />
      </label>
      {role.isEveryone && <p className="quiet small">Every member holds this role.</p>}
      <BitEditor bits={bits} held={held} onChange={setBits} />
      <Problem text={problem} />
      {mayManage && (
        <div className="dialog-buttons">
          {!role.isEveryone && (
            <ConfirmButton label="Delete role" sure="Really delete it" onConfirm={() => void remove()} />
          )}
          <button type="submit" className="primary" aria-busy={busy}>
            Save role
          </button>
        </div>
      )}
    </form>
  );
}

import { has, PERMISSION_NAMES, type PermissionName } from "@parley/contract/permissions";
import { useId } from "react";

interface BitEditorProps {
  bits: bigint;
  /** What the editor's own permissions let them change. */
  held: bigint;
  /** The editor may not change the role at all. */
  readOnly: boolean;
  onChange(bits: bigint): void;
}

/** Permissions of a role in plain words, those of channels and those of the organisation apart. */
export function BitEditor({ bits, held, readOnly, onChange }: BitEditorProps) {
  const group = (legend: string, scope: PermissionName["scope"]) => (
    <fieldset className="bits">
      <legend>{legend}</legend>
      {PERMISSION_NAMES.filter((permission) => permission.scope === scope).map((permission) => (
        <Bit
          key={permission.key}
          permission={permission}
          checked={has(bits, permission.bit)}
          disabled={readOnly || !has(held, permission.bit)}
          lacking={!readOnly && !has(held, permission.bit)}
          onToggle={() => onChange(bits ^ permission.bit)}
        />
      ))}
    </fieldset>
  );
  return (
    <>
      {group("In channels", "channel")}
      {group("In the organisation", "organization")}
    </>
  );
}

interface BitProps {
  permission: PermissionName;
  checked: boolean;
  disabled: boolean;
  /** It is disabled because the editor doesn't hold it. */
  lacking: boolean;
  onToggle(): void;
}

function Bit({ permission, checked, disabled, lacking, onToggle }: BitProps) {
  const hint = useId();
  const { name, description } = permission;
  return (
    <label className="bit">
      <input
        type="checkbox"
        checked={checked}
        disabled={disabled}
        aria-describedby={hint}
        onChange={onToggle}
      />
      <span>
        {name}
        <span id={hint} className="quiet small bit-hint">
          {description}
          {lacking && " You don't hold this yourself."}
        </span>
      </span>
    </label>
  );
}

import type { ChannelAcl } from "@parley/contract/channel-acl";
import { has, PERMISSION_NAMES } from "@parley/contract/permissions";
import { useId } from "react";

type Entry = ChannelAcl["entries"][number];
type Choice = "inherit" | "allow" | "deny";

const CHOICES: readonly { choice: Choice; label: string; sign: string }[] = [
  { choice: "deny", label: "Deny", sign: "✕" },
  { choice: "inherit", label: "Leave as it is", sign: "–" },
  { choice: "allow", label: "Allow", sign: "✓" },
];

interface AclEntryEditorProps {
  name: string;
  /** What the editor's own permissions here let them change. */
  held: bigint;
  entry: Entry;
  onChange(entry: Entry): void;
  onRemove(): void;
}

/** Inherit, allow or deny for each permission that channels can change. */
export function AclEntryEditor({ name, held, entry, onChange, onRemove }: AclEntryEditorProps) {
  const allow = BigInt(entry.allow);
  const deny = BigInt(entry.deny);
  const choose = (bit: bigint, choice: Choice) =>
    onChange({
      ...entry,
      allow: (choice === "allow" ? allow | bit : allow & ~bit).toString(),
      deny: (choice === "deny" ? deny | bit : deny & ~bit).toString(),
    });
  return (
    <section aria-label={`Entry for ${name}`}>
      <label className="bit">
        <input
          type="checkbox"
          checked={entry.appliesTo === "here_and_below"}
          onChange={(event) =>
            onChange({ ...entry, appliesTo: event.target.checked ? "here_and_below" : "here" })
          }
        />
        <span>Also in the channels below that inherit</span>
      </label>
      <p className="quiet small three-state-key">✕ deny · – leave as it is · ✓ allow</p>
      {PERMISSION_NAMES.filter(({ scope }) => scope === "channel").map(
        ({ bit, key, name: label, description }) => (
          <BitChoice
            key={key}
            label={label}
            description={has(held, bit) ? description : `${description} You don't hold this yourself here.`}
            disabled={!has(held, bit)}
            value={has(allow, bit) ? "allow" : has(deny, bit) ? "deny" : "inherit"}
            onChoose={(choice) => choose(bit, choice)}
          />
        ),
      )}
      <div className="dialog-buttons">
        <button type="button" className="danger-soft" onClick={onRemove}>
          Remove this entry
        </button>
      </div>
    </section>
  );
}

interface BitChoiceProps {
  label: string;
  description: string;
  disabled: boolean;
  value: Choice;
  onChoose(choice: Choice): void;
}

function BitChoice({ label, description, disabled, value, onChoose }: BitChoiceProps) {
  const name = useId();
  return (
    <fieldset className="three-state" title={description} disabled={disabled}>
      <legend>{label}</legend>
      {CHOICES.map(({ choice, label: words, sign }) => (
        <label key={choice} data-choice={choice}>
          <input
            type="radio"
            name={name}
            checked={value === choice}
            aria-label={`${words}: ${label}`}
            onChange={() => onChoose(choice)}
          />
          <span aria-hidden="true">{sign}</span>
        </label>
      ))}
    </fieldset>
  );
}

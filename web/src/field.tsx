interface FieldProps {
  label: string;
  name: string;
  type?: "text" | "password" | "email";
  autoComplete: string;
  inputMode?: "numeric";
  describedBy?: string | undefined;
  optional?: boolean;
  value: string;
  onChange(value: string): void;
}

/** A labelled line of text. */
export function Field({
  label,
  name,
  type = "text",
  autoComplete,
  inputMode,
  describedBy,
  optional = false,
  value,
  onChange,
}: FieldProps) {
  return (
    <label>
      {label}
      <input
        name={name}
        type={type}
        autoComplete={autoComplete}
        inputMode={inputMode}
        autoCapitalize="none"
        spellCheck={false}
        aria-describedby={describedBy}
        required={!optional}
        value={value}
        onChange={(event) => onChange(event.target.value)}
      />
    </label>
  );
}

/** Copies a field's text, which stays selected, and says whether that went well. */
export async function copyFrom(field: HTMLInputElement): Promise<boolean> {
  field.focus();
  field.select();
  // Pages that came by plain HTTP have no clipboard; what is selected they may still copy.
  if (!window.isSecureContext) return document.execCommand("copy");
  return navigator.clipboard.writeText(field.value).then(
    () => true,
    () => document.execCommand("copy"),
  );
}

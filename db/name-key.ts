/** What makes two spellings the same name, wherever names must be unique. */
export const nameKey = (name: string): string => name.normalize("NFC").toLowerCase().normalize("NFC");

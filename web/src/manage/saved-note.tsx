/** Says that what was saved is saved, until something else is changed. */
export const SavedNote = ({ when, words = "Saved." }: { when: boolean; words?: string }) => (
  <span role="status" className="quiet small saved">
    {when ? words : ""}
  </span>
);

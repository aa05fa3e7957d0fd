/** Of an organisation's name and tag it is the tag that nobody else may have. */
export const TAG_TAKEN = "That tag is taken. Choose another.";

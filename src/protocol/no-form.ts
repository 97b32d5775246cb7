/** What a tracker calls the form of a field that is in none. Such a field has nothing to submit, so nothing to abandon. */
export const NO_FORM = "page";

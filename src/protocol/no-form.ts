/** The tracker's name for the form of a field that is in no form. Such a field cannot be submitted, so it is never abandoned. */
export const NO_FORM = "page";

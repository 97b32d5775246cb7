/** The contract's number: values of a dimension that a day keeps by name; the rest is "other". */
export const ROLLUP_TOP = 100;

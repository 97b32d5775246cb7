import * as z from "zod";
import { wholeNumber } from "../../protocol/values";
import { LIST_DEFAULT, LIST_MAX } from "./limits";

/** The parameters that every list has. */
export const ListQuery = z.strictObject({
  limit: wholeNumber(1, LIST_MAX).default(LIST_DEFAULT),
  cursor: z.string().max(512).optional(),
});
export type ListQuery = z.infer<typeof ListQuery>;

/**
 * Compiles only when nothing is left over: for lists that have to name each member of a union. `NothingLeft<Exclude<All,
 * Named>>` names in its error what the list forgets.
 */
export type NothingLeft<Left extends never> = Left;

/** 0, 1 … count − 1 */
export const upTo = (count: number): number[] => [...Array(count).keys()];

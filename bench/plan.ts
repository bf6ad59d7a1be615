/** How much is measured. The quick plan shows a regression; the full one is what RESULTS.md quotes. */
export interface Plan {
  readonly rounds: number;
  readonly spreadClients: number;
  readonly spreadMs: number;
  readonly loneCommands: number;
  readonly burstCommands: number;
  readonly burstsPerRound: number;
  /** Before the rounds, for each contender: compiled code, open connections, prepared statements, warm caches. */
  readonly warmUpMs: number;
  readonly memoryOrders: number;
}

export const QUICK: Plan = {
  rounds: 3,
  spreadClients: 32,
  spreadMs: 3_000,
  loneCommands: 80,
  burstCommands: 100,
  burstsPerRound: 3,
  warmUpMs: 3_000,
  memoryOrders: 300,
};

export const FULL: Plan = {
  ...QUICK,
  rounds: 7,
  spreadMs: 10_000,
  loneCommands: 300,
  burstsPerRound: 4,
  warmUpMs: 10_000,
  memoryOrders: 1_000,
};

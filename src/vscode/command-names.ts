/** The commands about this window's gateway and what it spends, without `purser.` before them. */
export const spendingCommands = [
  'showMenu',
  'start',
  'stop',
  'pauseSpending',
  'resumeSpending',
  'raiseBudget',
] as const;
export type SpendingCommand = (typeof spendingCommands)[number];

/** What helps at the beginning. */
export const beginningCommands = ['openWalkthrough', 'setDefaultBudget', 'chooseStandIn'] as const;
export type BeginningCommand = (typeof beginningCommands)[number];

/** What helps when something is wrong, and at the end. */
export const careCommands = ['copyDiagnostics', 'reportIssue', 'deleteAllData'] as const;
export type CareCommand = (typeof careCommands)[number];

/** The commands about this window's projects and the assistants that work in them, without `purser.` before them. */
export const projectCommands = [
  'connectAssistant',
  'disconnectAssistant',
  'copyAccess',
  'chooseTerminals',
  'rotateProjectKey',
  // Above the diffs of a connection, and in no palette.
  'writeProposal',
  'dropProposal',
] as const;
export type ProjectCommand = (typeof projectCommands)[number];

/** An id for a tool call whose provider gives none: unlike any other in a conversation, and such as every dialect accepts. */
export const newCallId = (): string => `call_${crypto.randomUUID().replaceAll('-', '').slice(0, 24)}`;

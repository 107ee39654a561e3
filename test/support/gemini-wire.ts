/** Gemini's usage of the fake answers: 10 tokens in, 5 out. */
const usageMetadata = { promptTokenCount: 10, candidatesTokenCount: 5, totalTokenCount: 15 };

/** One chunk of an answer of Gemini's, or with a finish reason its last one, or the whole. */
export const chunk = (parts: readonly object[], finishReason?: string) => ({
  candidates: [{ content: { role: 'model', parts }, index: 0, ...(finishReason !== undefined && { finishReason }) }],
  usageMetadata,
  modelVersion: 'gemini-2.5-flash',
  responseId: 'gemini-fake',
});

export const whole = (...parts: readonly object[]) => chunk(parts, 'STOP');
export const signedCall = (name: string, args: object, thoughtSignature: string) => ({
  functionCall: { name, args },
  thoughtSignature,
});

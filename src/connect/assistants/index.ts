import type { Assistant } from '../assistant.ts';
import { aider } from './aider.ts';
import { claudeCode } from './claude-code.ts';
import { cline } from './cline.ts';
import { codex } from './codex.ts';
import { continueDev } from './continue.ts';
import { copilot } from './copilot.ts';
import { geminiCli } from './gemini-cli.ts';
import { kilo, opencode } from './opencode.ts';
import { qwenCode } from './qwen-code.ts';

/** The assistants that are connected by their files, best known first. */
export const assistants: readonly Assistant[] = [
  claudeCode,
  codex,
  geminiCli,
  cline,
  continueDev,
  opencode,
  kilo,
  qwenCode,
  aider,
  copilot,
];

export const findAssistant = (id: string): Assistant | undefined => assistants.find((one) => one.id === id);

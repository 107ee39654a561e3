import { installAssistants } from './assistants.ts';

installAssistants();

import { writeFileSync } from 'node:fs';
import { bundleFile, bundleText, sentencesInSources } from './l10n-strings.ts';

/** `npm run l10n`: writes down what is there to be translated. */
writeFileSync(bundleFile, bundleText(sentencesInSources().sentences));

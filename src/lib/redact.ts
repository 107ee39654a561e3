/** Shapes that secrets of known providers have, so that even one we were never told is hidden. */
const secretShapes =
  /\b(?:sk|pk|rk|gsk|pplx|xai|r8|hf|nvapi|AIza|AKIA|ASIA|ghp|gho|github_pat|csk|fw|key)[-_]?[A-Za-z0-9_-]{20,}|\bBearer\s+[A-Za-z0-9._~+/-]{16,}=*|:\/\/[^\s/:@]+:[^\s@]+@/g;

/** Hides secrets in a text that a person will read or a log will keep. */
export type Redact = (text: string) => string;

/** Hides the given secrets wherever they stand, and whatever looks like one. A hint of the last four characters stays. */
export function redactor(secrets: Iterable<string>): Redact {
  // Longest first: one secret may hold another.
  const known = [...new Set(secrets)].filter((secret) => secret.length >= 6).sort((a, b) => b.length - a.length);
  return (text) => {
    let hidden = text;
    for (const secret of known) if (hidden.includes(secret)) hidden = hidden.replaceAll(secret, hint(secret));
    return hidden.replace(secretShapes, (found) => (found.startsWith('://') ? '://...@' : hint(found)));
  };
}

const hint = (secret: string): string => (secret.length >= 16 ? `...${secret.slice(-4)}` : '...');

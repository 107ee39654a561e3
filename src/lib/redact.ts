/**
 * Shapes that secrets have, so that even one we were never told is hidden: keys of known providers and services, virtual
 * keys that someone chose, JSON web tokens, private keys, passwords in addresses, and what a `.env` sets.
 */
const secretShapes = new RegExp(
  [
    /\b(?:[spr]k|gsk|pplx|xai|r8|hf|nvapi|AIza|gh[pousr]|github_pat|csk|fw|key|npm|glpat|xox[a-z]|ya29|GOCSPX)[-_.]?[A-Za-z0-9_-]{20,}/,
    /\bA[KS]IA[A-Z0-9]{16,}/,
    /\bsk-[\w.~+!@#$%^&*=:/?|-]{13,}/,
    /\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.?[\w-]*/,
    /\bBearer\s+[A-Za-z0-9._~+/-]{16,}=*/,
    // Bounded, so that no text takes quadratic time.
    /:\/\/[^\s/:@]{1,200}:[^\s@]{1,200}@/,
    /-----BEGIN [A-Z ]*PRIVATE KEY-----[^-]*(?:-----END [A-Z ]*-----)?/,
    /\b[A-Z][A-Z0-9_]*(?:KEY|SECRET|TOKEN|PASSWORD)=["']?[^\s"'$<{}()]{8,}/,
  ]
    .map(({ source }) => source)
    .join('|'),
  'g',
);

/** Hides secrets in a text that a person will read or a log will keep. */
export type Redact = (text: string) => string;

/** Hides the given secrets wherever they stand, and whatever looks like one. A hint of the last four characters stays. */
export function redactor(secrets: Iterable<string>): Redact {
  // Longest first: one secret may hold another.
  const known = [...new Set(secrets)].filter((secret) => secret.length >= 6).sort((a, b) => b.length - a.length);
  return (text) => {
    let hidden = text;
    for (const secret of known) if (hidden.includes(secret)) hidden = hidden.replaceAll(secret, hint(secret));
    return hidden.replace(secretShapes, hiddenShape);
  };
}

function hiddenShape(found: string): string {
  if (found.startsWith('://')) return '://...@';
  if (found.startsWith('-----')) return '[private key]';
  const [, name = ''] = /^([A-Z][A-Z0-9_]*=["']?)/.exec(found) ?? [];
  return name + hint(found.slice(name.length));
}

const hint = (secret: string): string => (secret.length >= 16 ? `...${secret.slice(-4)}` : '...');

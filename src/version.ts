/** Purser's own; the build puts it here. */
export const version = process.env['PURSER_VERSION'] ?? '0.0.0';

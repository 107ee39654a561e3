import type { ErrorCode } from 'yaml';

/** What is wrong with a YAML text, and what is expected, in our own words: the library's may quote a secret. */
export const yamlMistakes: Record<ErrorCode, string> = {
  ALIAS_PROPS: 'an alias (*name) has an anchor or tag of its own; expected the alias alone',
  BAD_ALIAS: 'an alias (*name) has no anchor; expected "&name" earlier in the file',
  BAD_COLLECTION_TYPE: 'a tag does not fit what it stands before; expected no tag',
  BAD_DIRECTIVE: 'a line that begins with "%" is no YAML directive; expected the text in quotes',
  BAD_DQ_ESCAPE: 'a backslash in double quotes escapes nothing known; expected single quotes, or two backslashes',
  BAD_INDENT: 'the indentation does not fit the lines above; expected keys of one mapping to begin in one column',
  BAD_PROP_ORDER: 'an anchor or tag stands in the wrong place; expected it right before its value',
  BAD_SCALAR_START: 'a text begins with a character that YAML reserves; expected the text in quotes',
  BLOCK_AS_IMPLICIT_KEY:
    'a mapping stands where a value should; expected one "key: value" a line, values with ": " in quotes',
  BLOCK_IN_FLOW: 'lines by indentation stand inside brackets; expected "key: value" pairs with commas between them',
  DUPLICATE_KEY: 'this key stands twice in one mapping; expected it once',
  IMPOSSIBLE: 'the YAML cannot be read here; expected "key: value"',
  KEY_OVER_1024_CHARS: 'a key is longer than 1024 characters; expected a colon earlier, or quotes that end',
  MISSING_CHAR: 'a closing quote, a bracket, a comma, a colon or the space after one is missing here',
  MULTILINE_IMPLICIT_KEY: 'a key spans lines; expected "key: value" with the colon on the key\'s own line',
  MULTIPLE_ANCHORS: 'a value has two anchors; expected one',
  MULTIPLE_DOCS: 'the file holds several YAML documents; expected one, without "---" between sections',
  MULTIPLE_TAGS: 'a value has two tags; expected one at most',
  NON_STRING_KEY: 'a key is not a text; expected a name before the colon',
  RESOURCE_EXHAUSTION: 'aliases (*name) refer to each other too often; expected fewer',
  TAB_AS_INDENT: 'a tab stands in the indentation; expected spaces',
  TAG_RESOLVE_FAILED: 'a tag (!name) is not known and is ignored; expected a plain value',
  UNEXPECTED_TOKEN: 'the YAML cannot be read here; expected "key: value", with values that hold ": " or " #" in quotes',
};

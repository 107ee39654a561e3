/** A bundle of translations: English sentences, and what they are in another language. */
export type Bundle = Readonly<Record<string, string>>;

/** A page's language, with what it says in it; English needs no bundle. */
export interface PageLanguage {
  readonly language: string;
  readonly words: Bundle;
}

export const english: PageLanguage = { language: 'en', words: {} };

/** The words beside a page's script, as data that nothing runs. Nothing in them can end the element. */
export const wordsElement = ({ words }: PageLanguage): string =>
  Object.keys(words).length === 0
    ? ''
    : `<script type="application/json" id="words">${JSON.stringify(words).replaceAll('<', '\\u003c')}</script>\n    `;

import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import type { ConfigDiff, Configuration, Result, RoutingEdit } from '../src/admin/contract.ts';
import { useDoing, useHost } from './asking.ts';
import { t } from './l10n.ts';
import { Dialog, DialogEnd } from './overlays.tsx';

export interface EditingProps {
  readonly file: Configuration;
  readonly onClose: () => void;
  readonly onSaved: () => void;
}

interface ConfigDialogProps extends EditingProps {
  readonly title: string;
  /** Undefined while the form has a fault, which it shows then. */
  readonly edits: readonly RoutingEdit[] | undefined;
  /** Told when somebody wants to go on, so that a form shows its faults. */
  readonly onTry?: () => void;
  /** The form, where there is one. */
  readonly children?: ComponentChildren;
}

/** Shows the lines of the file that would change, and writes them when they are wanted. */
export function ConfigDialog({ title, file, edits, onTry, onClose, onSaved, children }: ConfigDialogProps) {
  const host = useHost();
  const doing = useDoing();
  const [preview, setPreview] = useState<Result<'editConfiguration'>>();
  const ask = (save: boolean): void => {
    onTry?.();
    if (edits === undefined) return;
    doing.run(async () => {
      const answer = await host.ask('editConfiguration', { version: file.version, edits, save });
      if (save) onSaved();
      else setPreview(answer);
    });
  };
  const isForm = preview === undefined;
  return (
    <Dialog title={title} onClose={onClose} wide={!isForm}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          ask(!isForm);
        }}
      >
        {isForm ? (
          (children ?? <p>{t('This is how the file would change. Look at the lines before you save them.')}</p>)
        ) : (
          <Preview file={file} preview={preview} />
        )}
        {isForm ? (
          <DialogEnd action={t('Show Changes')} doing={doing} onAction={() => ask(false)} onClose={onClose} />
        ) : (
          <DialogEnd
            action={t('Save')}
            doing={doing}
            onAction={() => ask(true)}
            onClose={() => setPreview(undefined)}
            back={t('Back')}
          />
        )}
      </form>
    </Dialog>
  );
}

function Preview({ file, preview }: { readonly file: Configuration; readonly preview: Result<'editConfiguration'> }) {
  return (
    <>
      <p class="quiet">{file.exists ? file.file : t('A new file: {0}', file.file)}</p>
      {preview.diff.some(({ mark }) => mark === '-' || mark === '+') ? (
        <Diff lines={preview.diff} />
      ) : (
        <p>{t('The file says so already; nothing would change.')}</p>
      )}
      {preview.remarks.map((remark) => (
        <p key={remark} class="warn">
          {remark}
        </p>
      ))}
    </>
  );
}

const marks = { '-': 'gone', '+': 'new', ' ': 'same', '…': 'left-out' } as const;

/** The signs say what the colours say. */
const Diff = ({ lines }: { readonly lines: ConfigDiff }) => (
  <pre class="diff" tabIndex={0} aria-label={t('Lines that change')}>
    {lines.map(({ mark, text }, index) => (
      <span key={index} class={marks[mark]}>
        {`${mark} ${text}\n`}
      </span>
    ))}
  </pre>
);

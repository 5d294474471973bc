import type { ErrorInfo } from '../../shared/model.ts';

/** Something went wrong: what, and what to do. */
export function ErrorNotice({
  notice,
  dismiss,
}: {
  readonly notice: ErrorInfo;
  readonly dismiss: () => void;
}) {
  return (
    <div class="note bad row top" role="alert">
      <div class="grow">
        <strong>{notice.message}</strong>
        {notice.nextStep !== '' && <div class="small">{notice.nextStep}</div>}
      </div>
      <button class="plain" onClick={dismiss}>
        Dismiss
      </button>
    </div>
  );
}

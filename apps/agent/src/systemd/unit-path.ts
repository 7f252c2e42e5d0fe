const unitRoot = '/org/freedesktop/systemd1/unit/';

/**
 * The object path under which systemd shows a unit: each byte that is not a letter or digit, and a digit in first
 * place, becomes `_` and two hex digits (systemd's bus_label_escape).
 */
export function unitPath(unit: string): string {
  const bytes = [...Buffer.from(unit, 'utf8')];
  const escaped = bytes.map((byte, index) => {
    const letter = String.fromCharCode(byte);
    const isPlain = /[A-Za-z]/.test(letter) || (index > 0 && /[0-9]/.test(letter));
    return isPlain ? letter : `_${byte.toString(16).padStart(2, '0')}`;
  });
  return unitRoot + escaped.join('');
}

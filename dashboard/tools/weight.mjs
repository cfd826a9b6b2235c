import { gzipSync } from 'node:zlib';

/** The most that the first load may weigh over the network, in bytes after gzip. */
export const BUDGET = 150 * 1024;

/** What every file of a build weighs together after gzip: nothing is loaded later, so all of it is the first load. */
export function firstLoad(bundle) {
  return Object.values(bundle).reduce(
    (sum, file) => sum + gzipSync(file.type === 'chunk' ? file.code : file.source).length,
    0,
  );
}

/** Says at the end of a build what the first load weighs, and fails the build if that is too much. */
export function weight() {
  return {
    name: 'leat-weight',
    enforce: 'post',
    generateBundle: {
      order: 'post',
      handler(_, bundle) {
        const bytes = firstLoad(bundle);
        const line = `first load: ${kilobytes(bytes)} gzip of ${kilobytes(BUDGET)}`;
        if (bytes > BUDGET) {
          this.error(`${line}: too heavy`);
        }
        this.info(line);
      },
    },
  };
}

function kilobytes(bytes) {
  return `${(bytes / 1024).toFixed(1)} KB`;
}

/** `node --import` of this file gives `import 'electron'` the stand-in. */
import { register } from 'node:module';

register('./resolve.mjs', import.meta.url);

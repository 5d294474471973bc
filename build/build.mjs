/* `npm run build`: installs and builds, and nothing more. */
import { build, install } from './prepare.mjs';

install();
build();

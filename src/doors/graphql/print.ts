// Prints the schema to standard output: set-up writes it to `schema.graphql`, and a test fails when that file drifts.
import { sdl } from './schema.ts';

process.stdout.write(sdl());

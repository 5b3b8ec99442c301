import { buildFleet } from './fleet';

buildFleet().synth();

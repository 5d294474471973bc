import type { Controller } from '../controller.ts';
import type { Model } from '../state.ts';

export interface ViewProps {
  readonly model: Model;
  readonly controller: Controller;
}

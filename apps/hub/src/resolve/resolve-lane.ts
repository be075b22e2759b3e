import { Injectable } from '@nestjs/common';
import { Lane } from '../lifecycle/lane.ts';

/** One commit is resolved at a time, and not while garbage is collected. */
@Injectable()
export class ResolveLane extends Lane {}

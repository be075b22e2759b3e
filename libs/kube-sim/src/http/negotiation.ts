import { ApiError } from '../api/api-error.ts';

/** How the client wants objects shown. */
export type Representation = 'object' | 'metadata' | 'table';

interface MediaType {
  readonly type: string;
  readonly parameters: ReadonlyMap<string, string>;
}

const mediaTypes = (accept: string): MediaType[] =>
  accept.split(',').map((part) => {
    const [type = '', ...parameters] = part.split(';').map((piece) => piece.trim());
    return {
      type,
      parameters: new Map(
        parameters.map((parameter): [string, string] => {
          const [key = '', value = ''] = parameter.split('=');
          return [key, value];
        }),
      ),
    };
  });

const isJson = ({ type }: MediaType): boolean => ['application/json', 'application/*', '*/*'].includes(type);

/** The first form of `Accept` that the simulation has: JSON, in the version `v1` of tables and metadata. */
export const representationOf = (accept: string | undefined): Representation => {
  if (accept === undefined || accept === '') return 'object';
  for (const media of mediaTypes(accept)) {
    if (!isJson(media)) continue;
    const as = media.parameters.get('as');
    if (as === undefined) return 'object';
    if (media.parameters.get('v') !== 'v1') continue;
    if (as === 'Table') return 'table';
    if (as === 'PartialObjectMetadata' || as === 'PartialObjectMetadataList') return 'metadata';
  }
  throw new ApiError(
    406,
    'NotAcceptable',
    'only the following media types are accepted: application/json, application/yaml, application/vnd.kubernetes.protobuf',
  );
};

/** Whether all groups may be answered in one document. */
export const wantsAggregated = (accept: string | undefined): boolean =>
  mediaTypes(accept ?? '').some(
    (media) => media.parameters.get('as') === 'APIGroupDiscoveryList' && media.parameters.get('v') === 'v2',
  );

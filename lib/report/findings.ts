import { formatIdentity, formatReport } from '../kube';
import type { Finding } from '../verify';
import { inert } from './terminal';

/** Findings as text: the five answers of each. */
export function printFindings(findings: readonly Finding[]): string {
  return findings
    .map((finding) =>
      inert(
        `${finding.severity} ${formatReport({
          ...finding,
          where: {
            ...(finding.location !== undefined && { location: finding.location }),
            object: `${formatIdentity(finding.object)} in ${finding.cluster}/${finding.application}`,
          },
        })}`,
      ),
    )
    .join('\n');
}

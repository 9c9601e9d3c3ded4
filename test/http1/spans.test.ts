import { describe, expect, it } from 'vitest';
import { SETTINGS } from '../../src-main/contract/settings.ts';
import { STRICT_RULES } from '../../src-main/http1/events.ts';
import { describeSpan, SpanScanner, type Span } from '../../src-main/http1/spans.ts';
import { joinedSpans } from '../support/joined-spans.ts';
import { wire } from '../support/wire-text.ts';

const told = (spans: readonly Span[]): string[] =>
  spans.map(({ start, end, kind, field }) => `${start}-${end} ${kind}${field === undefined ? '' : ` ${field}`}`);

const scan = (text: string, scanner = new SpanScanner('request')): string[] => told(scanner.scan(wire(text)));

describe('spans', () => {
  it('name every element of a request', () => {
    expect(scan('\r\nPUT /a HTTP/1.1\r\nHost:  a \r\nContent-Length:2\r\n\r\nhi')).toEqual([
      '0-2 preamble',
      '2-5 method',
      '5-6 space',
      '6-8 target',
      '8-9 space',
      '9-17 version',
      '17-19 line-end',
      '19-23 field-name Host',
      '23-24 colon Host',
      '24-26 ows Host',
      '26-27 field-value Host',
      '27-28 ows Host',
      '28-30 line-end',
      '30-44 field-name Content-Length',
      '44-45 colon Content-Length',
      '45-46 field-value Content-Length',
      '46-48 line-end',
      '48-50 empty-line',
      '50-52 body',
    ]);
  });

  it('name chunks, extensions and trailers', () => {
    const head = 'PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n';
    const scanner = new SpanScanner('request');
    scanner.scan(wire(head));
    expect(scan('2;a=b\r\nhi\r\n0\r\nX: y\r\n\r\n', scanner)).toEqual([
      '55-56 chunk-size',
      '56-60 chunk-extension',
      '60-62 line-end',
      '62-64 chunk-data',
      '64-66 line-end',
      '66-67 chunk-size',
      '67-69 line-end',
      '69-70 field-name X',
      '70-71 colon X',
      '71-72 ows X',
      '72-73 field-value X',
      '73-75 line-end',
      '75-77 empty-line',
    ]);
  });

  it('name every element of a reply, at offsets from where it began', () => {
    const scanner = new SpanScanner('response', 1000, ['HEAD']);
    expect(scan('HTTP/1.1 404 Not Found\r\nContent-Length: 5\r\n\r\nHTTP', scanner)).toEqual([
      '1000-1008 version',
      '1008-1009 space',
      '1009-1012 status',
      '1012-1013 space',
      '1013-1022 reason',
      '1022-1024 line-end',
      '1024-1038 field-name Content-Length',
      '1038-1039 colon Content-Length',
      '1039-1040 ows Content-Length',
      '1040-1041 field-value Content-Length',
      '1041-1043 line-end',
      '1043-1045 empty-line',
      '1045-1049 version',
    ]);
  });

  it('call everything from the fault on garbage', () => {
    const scanner = new SpanScanner('request', 10);
    expect(scan('GET / HTTP/1.1\r\nHo st: a\r\n\r\n', scanner).slice(-2)).toEqual([
      '26-28 field-name Ho',
      '28-38 garbage',
    ]);
    expect(scan('GET', scanner)).toEqual(['38-41 garbage']);
    expect(scanner.fault).toEqual({ code: 'H1_FIELD_SPACE', offset: 28 });
  });

  it('keep the names of fields that mean nothing where they stand', () => {
    const spans = scan('GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\nx');
    expect(spans.slice(-3)).toEqual(['32-34 line-end', '34-36 empty-line', '36-37 garbage']);
  });

  it('tell an unfinished element, and tell it whole once it is', () => {
    const scanner = new SpanScanner('request');
    expect(scan('GET /pa', scanner)).toEqual(['0-3 method', '3-4 space', '4-7 target']);
    expect(scan('th HT', scanner)).toEqual(['4-9 target', '9-10 space', '10-12 version']);
  });

  it('are joined to those before without a trace of the cut', () => {
    const spans = joinedSpans(new SpanScanner('request'), ['\r', '\n\r', '\nGE', 'T /'].map(wire));
    expect(told(spans)).toEqual(['0-4 preamble', '4-7 method', '7-8 space', '8-9 target']);
  });

  it('go on from a clone in the middle of a body as from the start', () => {
    const scanner = new SpanScanner('request');
    scanner.scan(wire('PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab'));
    const place = scanner.clone();
    const rest = 'cde\r\n0\r\n\r\nGET /';
    expect(scan(rest, place)).toEqual(scan(rest, scanner));
    expect(place.offset).toBe(scanner.offset);
  });

  it('name what the rules let through for what it is taken for', () => {
    const rules = { ...STRICT_RULES, bareLf: true, obsFold: true, emptyFieldName: true };
    const scanner = new SpanScanner('request', 0, [], rules);
    expect(scan('\nGET / HTTP/1.0\nA: b \n\tc\n: d\n e\nF', scanner)).toEqual([
      '0-1 preamble',
      '1-4 method',
      '4-5 space',
      '5-6 target',
      '6-7 space',
      '7-15 version',
      '15-16 line-end',
      '16-17 field-name A',
      '17-18 colon A',
      '18-19 ows A',
      '19-20 field-value A',
      '20-21 ows A',
      '21-22 line-end',
      '22-23 ows A',
      '23-24 field-value A',
      '24-25 line-end',
      '25-28 garbage',
      '28-29 line-end',
      '29-31 garbage',
      '31-32 line-end',
      '32-33 field-name',
    ]);
  });

  it('stop where no head can be that long', () => {
    const scanner = new SpanScanner('request');
    scanner.scan(wire(`GET /${'a'.repeat(SETTINGS.maxHeadBytes.max)}`));
    expect(scanner.fault).toMatchObject({ code: 'LIM_HEAD_BYTES', offset: SETTINGS.maxHeadBytes.max });
  });
});

describe('the words for a span', () => {
  it('name the rule of a known field', () => {
    expect(describeSpan('field-value', 'hOST')).toEqual({ label: 'field value (hOST)', rfc: 'RFC 9110 §7.2' });
    expect(describeSpan('field-name', 'Transfer-Encoding').rfc).toBe('RFC 9112 §6.1');
  });

  it('name the rule of fields in general where the field is not known', () => {
    expect(describeSpan('field-value', 'X-Y').rfc).toBe('RFC 9110 §5.5');
    expect(describeSpan('field-name').label).toBe('field name');
  });

  it('claim no rule for what was not parsed', () => {
    expect(describeSpan('garbage').rfc).toBeNull();
  });
});

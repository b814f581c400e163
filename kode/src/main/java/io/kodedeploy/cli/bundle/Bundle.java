package io.kodedeploy.cli.bundle;

/**
 * A finished bundle. The same content has the same digest, on every machine.
 *
 * @param zip the archive
 * @param sha256 its digest in lower-case hexadecimal
 * @param files number of files in it
 */
@SuppressWarnings("ArrayRecordComponent") // never changed, never compared: the digest is
public record Bundle(byte[] zip, String sha256, int files) {}

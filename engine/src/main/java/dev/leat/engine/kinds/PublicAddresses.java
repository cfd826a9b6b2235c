package dev.leat.engine.kinds;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;

/**
 * Tells addresses of the public internet from all others: this machine, local networks, multicast, metadata services of clouds,
 * reserved and documentation ranges, and IPv6 addresses that lead to one of those (IANA special-purpose registries, RFC 6890).
 */
final class PublicAddresses {
    private static final List<Range> NOT_PUBLIC_4 = List.of(
            Range.of4(0, 0, 0, 0, 8), // this network
            Range.of4(10, 0, 0, 0, 8), // private
            Range.of4(100, 64, 0, 0, 10), // shared by providers; Alibaba's metadata service
            Range.of4(127, 0, 0, 0, 8), // loopback
            Range.of4(168, 63, 129, 16, 32), // Azure's platform service
            Range.of4(169, 254, 0, 0, 16), // link-local; most clouds' metadata service
            Range.of4(172, 16, 0, 0, 12), // private
            Range.of4(192, 0, 0, 0, 24), // protocols; Oracle's metadata service
            Range.of4(192, 0, 2, 0, 24), // documentation
            Range.of4(192, 88, 99, 0, 24), // 6to4 relays
            Range.of4(192, 168, 0, 0, 16), // private
            Range.of4(198, 18, 0, 0, 15), // benchmarks
            Range.of4(198, 51, 100, 0, 24), // documentation
            Range.of4(203, 0, 113, 0, 24), // documentation
            Range.of4(224, 0, 0, 0, 4), // multicast
            Range.of4(240, 0, 0, 0, 4)); // reserved, broadcast

    private static final Range GLOBAL_6 = Range.of6(3, 0x2000);
    private static final Range NAT64 = Range.of6(96, 0x64, 0xff9b);
    private static final Range SIX_TO_FOUR = Range.of6(16, 0x2002);

    private static final List<Range> NOT_PUBLIC_6 = List.of(
            Range.of6(23, 0x2001), // protocols, Teredo among them
            Range.of6(32, 0x2001, 0xdb8), // documentation
            Range.of6(20, 0x3fff)); // documentation

    private PublicAddresses() {}

    static boolean isPublic(InetAddress address) {
        byte[] bytes = address.getAddress();
        if (address instanceof Inet4Address) {
            return isPublic4(bytes);
        }
        if (NAT64.holds(bytes)) {
            return isPublic4(Arrays.copyOfRange(bytes, 12, 16));
        }
        if (SIX_TO_FOUR.holds(bytes)) {
            return isPublic4(Arrays.copyOfRange(bytes, 2, 6));
        }
        // Everything outside is loopback, local, mapped or reserved.
        return GLOBAL_6.holds(bytes) && NOT_PUBLIC_6.stream().noneMatch(range -> range.holds(bytes));
    }

    private static boolean isPublic4(byte[] bytes) {
        return NOT_PUBLIC_4.stream().noneMatch(range -> range.holds(bytes));
    }

    /** The addresses whose first bits are those of the prefix. */
    @SuppressWarnings("ArrayRecordComponent") // Never compared.
    private record Range(byte[] prefix, int bits) {
        static Range of4(int a, int b, int c, int d, int bits) {
            return new Range(new byte[] {(byte) a, (byte) b, (byte) c, (byte) d}, bits);
        }

        static Range of6(int bits, int... groups) {
            byte[] prefix = new byte[16];
            for (int i = 0; i < groups.length; i++) {
                prefix[2 * i] = (byte) (groups[i] >> 8);
                prefix[2 * i + 1] = (byte) groups[i];
            }
            return new Range(prefix, bits);
        }

        boolean holds(byte[] address) {
            if (address.length != prefix.length) {
                return false;
            }
            for (int bit = 0; bit < bits; bit++) {
                int mask = 0x80 >> (bit % 8);
                if ((address[bit / 8] & mask) != (prefix[bit / 8] & mask)) {
                    return false;
                }
            }
            return true;
        }
    }
}

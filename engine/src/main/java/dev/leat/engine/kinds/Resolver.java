package dev.leat.engine.kinds;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;

/** Finds the addresses of a host; an address is its own. */
@FunctionalInterface
interface Resolver {
    Resolver SYSTEM = host -> List.of(InetAddress.getAllByName(host));

    /** At least one. */
    List<InetAddress> resolve(String host) throws UnknownHostException;
}

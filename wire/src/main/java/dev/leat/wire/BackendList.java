package dev.leat.wire;

import java.util.List;

@Doc("All backends, the store first.")
public record BackendList(List<BackendView> backends) {
    public BackendList {
        backends = List.copyOf(backends);
    }
}

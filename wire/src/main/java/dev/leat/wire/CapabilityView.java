package dev.leat.wire;

import dev.leat.api.store.Capabilities.Capability;
import dev.leat.api.store.Capabilities.Grade;

@Doc("A capability of a backend.")
public record CapabilityView(Capability name, Grade grade) {}

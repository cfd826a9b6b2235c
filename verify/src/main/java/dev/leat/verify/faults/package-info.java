/** What breaks around processes: networks, disks, power. For tests and for torturing a real system; never for production. */
@NullMarked
package dev.leat.verify.faults;

import org.jspecify.annotations.NullMarked;

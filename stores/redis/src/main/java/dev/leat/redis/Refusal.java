package dev.leat.redis;

import dev.leat.api.StoreException;
import dev.leat.api.StoreException.Effect;
import io.lettuce.core.RedisCommandExecutionException;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What a server says that does not do what it was asked: mostly before it does anything.
 *
 * @param sign what is in its words
 * @param isOfNoUse whether it is the wrong server, or not yet ready, so that the next call had better connect anew
 * @param advice what is wrong and what to do, with PREFIX for that of the store's keys
 */
record Refusal(Pattern sign, Effect effect, boolean isOfNoUse, String advice) {
    private static final Pattern LOADING = Pattern.compile("LOADING");

    private static final String CLUSTER =
            "it is a node of a cluster; give Leat a server of its own without cluster-enabled";

    private static final String EVERYTHING =
            "~{PREFIX* &{PREFIX* +eval +evalsha +time +type +hget +hmget +hset +hdel +hlen +zadd +zrem +zrangebylex"
                    + " +zrevrangebylex +zrangebyscore +zscore +zmscore +ping +info +config|get +publish +subscribe";

    /** The first that fits counts. */
    private static final List<Refusal> ALL = List.of(
            before("WRONGPASS", "it does not accept user and password; correct them in the configuration"),
            before("invalid password", "it does not accept the password; correct it in the configuration"),
            before("NOAUTH", "it asks for a password; set user and password in the configuration"),
            before("without any password configured", "it has no password; remove it from the configuration"),
            new Refusal( // a script that computes first and writes last may have been writing
                    Pattern.compile("The user executing the script|ACL failure in script"),
                    Effect.UNKNOWN,
                    false,
                    "the user may not do all that a script does, so it may have ended half way; allow " + EVERYTHING),
            before("NOPERM.* keys? ", "the user may not use the keys of the store; allow ~{PREFIX*"),
            before("NOPERM", "the user may not do this; allow " + EVERYTHING),
            elsewhere("LOADING", "it is loading its data after a start; ask again in a moment"),
            elsewhere("READONLY", "it is a replica; give Leat the URL of the primary"),
            elsewhere("MASTERDOWN", "it is a replica without its primary; give Leat the URL of the primary"),
            before("\\b(MOVED|ASK) \\d|TRYAGAIN|CLUSTERDOWN|CROSSSLOT", CLUSTER),
            before("NOREPLICAS", "it has too few replicas to write (min-replicas-to-write); bring them back"),
            before(
                    "MISCONF",
                    "it cannot write to its disk and so refuses writes; see its log, then free or repair the disk"),
            before(
                    "OOM command not allowed",
                    "it has reached maxmemory; raise maxmemory, or have jobs that ended kept for less time"),
            before("BUSY Redis", "a script of somebody else keeps it busy; wait, or end that by SCRIPT KILL"),
            before("max number of clients", "it has as many clients as it may (maxclients); raise maxclients"),
            before(
                    "WRONGTYPE",
                    "a key of the store holds something of another program; choose another prefix, or remove that"
                            + " key"),
            before(
                    "LEAT too many lanes",
                    "there would be more than 100,000 lanes (tenant, queue and kind); keep to fewer names, or have some"
                            + " queues in a place of their own by another prefix"),
            before(
                    "LEAT layout",
                    "another layout of Leat has its jobs there: redis-lists, or redis-streams with another consumer"
                            + " group; open it as that, or choose another prefix"),
            before(
                    "LEAT entries of",
                    "somebody removed entries of a stream that were unread; restore the data of Redis"),
            before(
                    "equal or smaller than the target stream",
                    "a stream of the store has entries of another program; choose another prefix, or remove them"),
            before(
                    "LEAT ids of page",
                    "ids were removed and came again too often while others of their blocks were kept; take new ids"));

    String adviceFor(String prefix) {
        return advice.replace("PREFIX", prefix);
    }

    private static Refusal before(String sign, String advice) {
        return new Refusal(Pattern.compile(sign), Effect.NONE, false, advice);
    }

    private static Refusal elsewhere(String sign, String advice) {
        return new Refusal(Pattern.compile(sign), Effect.NONE, true, advice);
    }

    static Optional<Refusal> of(Throwable failure) {
        return said(failure)
                .flatMap(words -> ALL.stream()
                        .filter(refusal -> refusal.sign.matcher(words).find())
                        .findFirst());
    }

    /** Whether the server refused since it is loading its data. */
    static boolean isLoading(StoreException e) {
        return said(e).filter(words -> LOADING.matcher(words).lookingAt()).isPresent();
    }

    private static Optional<String> said(Throwable failure) {
        for (Throwable each = failure; each != null; each = each.getCause()) {
            if (each instanceof RedisCommandExecutionException) {
                return Optional.of(String.valueOf(each.getMessage()));
            }
        }
        return Optional.empty();
    }
}

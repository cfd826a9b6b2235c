package dev.leat.wire;

/** A call was refused or failed; nothing was changed unless the problem says that this is unknown. */
public final class ApiException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient Problem problem;

    public ApiException(Problem problem) {
        super(problem.message());
        this.problem = problem;
    }

    public ApiException(Problem problem, Throwable cause) {
        super(problem.message(), cause);
        this.problem = problem;
    }

    public Problem problem() {
        return problem;
    }
}

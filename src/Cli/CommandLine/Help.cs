namespace Thaw.Cli.CommandLine;

/// <summary>What <c>--help</c> says.</summary>
public static class Help
{
    public const string Thaw = """
        thaw: the AWS Lambda execution environment on your own machine

          thaw run PATH      take one function through its whole life and show it
          thaw up            serve functions over the Lambda API, until it is stopped
          thaw deploy PATH   bring a function to a running thaw up, or up to date there
          thaw invoke NAME   invoke a function of a running thaw up
          thaw list          list the functions of a running thaw up
          thaw logs NAME     show what a function of a running thaw up has logged
          thaw doctor        say what this machine can and cannot do, and what mends it
          thaw --version     print the version
          thaw --help        print this; thaw COMMAND --help tells about a command

        Try: thaw run samples/hello-node --event '{"name":"Ada"}'
        """;

    public const string Run = """
        thaw run PATH [options]: takes one function through its whole life

        PATH is the function's folder or zip file. The response, or the function's error, goes to standard output;
        the log and a timeline of the phases go to standard error.

          --event JSON|@FILE|-         the event: JSON itself, a file, or standard input (default {})
          --handler H                  the handler, for example index.handler
          --runtime R                  the runtime, for example nodejs22.x, python3.13, dotnet8, provided.al2023
          --layer DIR|ZIP              a layer; repeat it for several, lowest first
          --env NAME=VALUE             a variable of the function; repeat it for several
          --timeout SECONDS            1 to 900 (default 3)
          --memory MB                  128 to 10240 (default 128)
          --enforce-memory             kill what outgrows that in isolation by processes, looking ten times a second
          --repeat N                   invoke N times in a row (default 1)
          --initialization-type TYPE   on-demand (default), provisioned-concurrency or snap-start
          --snapstart                  snapshot after Init, and restore each of --repeat invokes from it; shows beside a cold start
                                       what that gains (as root, with CRIU; else restores in the processes of Init)
          --isolation KIND             auto (default: the strongest that works here), namespaces or process
          --network KIND               what functions in namespaces see of it: nat (default), loopback or host
          --all-cpus                   functions in namespaces use what there is; else 1769 MB of memory size make one processor
          --log-dialect NAME           the wording of logs and errors: 2026-09 (default), or 2024-12 as before Sandbox.Timedout
          --program RUNTIME=PATH       the program that runs a runtime (nodejs22.x) or a language (python3, nodejs, dotnet);
                                       repeat it for several (default $THAW_PROGRAMS, then what thaw finds)
          --data DIR                   where thaw keeps its files (default $THAW_DATA, else a folder of your account)
          --json                       one JSON document on standard output: answers, events, phases, participants, log

        Exit status: 0 success, 1 the function failed, 2 arguments, path or event are unusable.

        Examples
          thaw run samples/hello-node --event '{"name":"Ada"}'
          thaw run function.zip --handler app.handler --runtime python3.13 --event @event.json
          echo '{"n":1}' | thaw run . --event - --repeat 3 --env TABLE=orders
          thaw run . --layer ./my-extension --json | jq '.phases'
        """;

    public const string Up = """
        thaw up [options]: serves functions over the Lambda API, in the foreground

        Prints "thaw: listening on http://127.0.0.1:9000" on standard output when it takes calls; what functions write goes to standard
        error, behind their names, and is kept: thaw logs shows it, and so does aws logs tail.
        SIGTERM or Ctrl-C lets the invocations at work finish and ends with status 0.

          --functions DIR              each sub-folder with a thaw.json is a function, named like the folder; an edit takes
                                       effect at the next invoke
          --port N                     where to listen (default 9000; 0 takes any that is free)
          --address IP                 where to listen (default 127.0.0.1); others than this machine's own want --require-auth
          --require-auth KEYFILE       serve only what is signed (Signature Version 4) with a key of this file, which is
                                       written like AWS's credentials files
          --concurrency N              invocations at the same time; the next one gets 429 (default 1000)
          --memory MB                  for all environments together, counted by their functions' MemorySize
                                       (default: nine tenths of the machine's)
          --enforce-memory             kill what outgrows its function's MemorySize, looking ten times a second
          --idle SECONDS               how long an environment without work is kept warm (default 600)
          --ready N                    empty sandboxes that wait for cold starts (default 2)
          --isolation KIND             auto (default: the strongest that works here), namespaces or process
          --network KIND               what functions in namespaces see of it: nat (default), loopback or host
          --all-cpus                   functions in namespaces use what there is; else 1769 MB of memory size make one processor
          --log-dialect NAME           the wording of logs and errors: 2026-09 (default), or 2024-12 as before Sandbox.Timedout
          --program RUNTIME=PATH       the program that runs a runtime (nodejs22.x) or a language (python3, nodejs, dotnet);
                                       repeat it for several (default $THAW_PROGRAMS, then what thaw finds)
          --data DIR                   where thaw keeps its files (default $THAW_DATA, else a folder of your account)
          --log-store-mb MB            for the logs of all functions; the oldest go first (default 1024)
          --snapshots-mb MB            for the snapshots of SnapStart versions; the longest unused go first (default 10240)
          --destination ARN=ADDRESS    a file: or http: address for a destination or dead-letter queue; repeat it for several
          --sqs-endpoint URL           what speaks SQS, for all queues without a --destination
          --sns-endpoint URL           what speaks SNS, for all topics without one

        Exit status: 0 stopped, 2 the arguments or the port are unusable.

        Examples
          thaw up --functions samples
          curl -d '{"name":"Ada"}' http://127.0.0.1:9000/2015-03-31/functions/hello-node/invocations
          aws lambda invoke --endpoint-url http://127.0.0.1:9000 --function-name hello-node out.json
          curl http://127.0.0.1:9000/thaw/environments
        """;

    public const string Deploy = """
        thaw deploy PATH [options]: makes a function of a running thaw up what a folder or zip is
        thaw deploy --image PATH NAME [options]: makes it a container image

        Packs the folder, uploads it and its layers where they differ from what is there, creates the function or updates it, and waits
        until it can be invoked. Prints the function's ARN on standard output. What its thaw.json and the options do not say is guessed
        from its files when it is created, and stays as it is when it is updated.

          --image PATH[:TAG]           what docker save wrote, or an OCI layout; the daemon reads it, and has its own copy afterwards
          --name N                     the function's name (default: the folder's)
          --handler H                  the handler, for example index.handler
          --runtime R                  the runtime, for example nodejs22.x, python3.13, provided.al2023
          --layer DIR|ZIP              a layer; repeat it for several, lowest first
          --env NAME=VALUE             a variable of the function; repeat it for several
          --timeout SECONDS            1 to 900
          --memory MB                  128 to 10240
          --role ARN                   the role that its configuration names; nothing is checked by it
          --publish                    make a version of it, and print that version's ARN
          --json                       print the function's configuration in place of its ARN
          --endpoint URL               where thaw up listens (default $THAW_ENDPOINT, else http://127.0.0.1:9000)

        AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN sign the requests, for a daemon with --require-auth.

        Exit status: 0 deployed, 2 the arguments, the function or the daemon are unusable.

        Examples
          thaw deploy samples/hello-node
          thaw deploy function.zip --name orders --runtime python3.13 --handler app.handler --env TABLE=orders
          thaw deploy . --publish
          docker save orders:v1 -o orders.tar && thaw deploy --image orders.tar orders --memory 512
        """;

    public const string Invoke = """
        thaw invoke NAME [options]: invokes a function of a running thaw up

        NAME is a function's name or ARN. Its answer, or its error, goes to standard output.

          --payload JSON|@FILE|-       the event: JSON itself, a file, or standard input (default {})
          --qualifier Q                a version or an alias
          --async                      do not wait for the answer: the daemon keeps the event and tries it up to three times
          --log                        show the end of the invocation's log on standard error
          --endpoint URL               where thaw up listens (default $THAW_ENDPOINT, else http://127.0.0.1:9000)

        AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN sign the request, for a daemon with --require-auth.

        Exit status: 0 success, 1 the function failed, 2 the arguments are unusable, or the daemon refused.

        Examples
          thaw invoke hello-node --payload '{"name":"Ada"}'
          thaw invoke orders --qualifier live --payload @event.json --log
          echo '{}' | thaw invoke orders --payload - --async
        """;

    public const string List = """
        thaw list [options]: lists the functions of a running thaw up, one a line

          --json                       their configurations, as one JSON array
          --endpoint URL               where thaw up listens (default $THAW_ENDPOINT, else http://127.0.0.1:9000)

        AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN sign the request, for a daemon with --require-auth.

        Exit status: 0 listed, 2 the arguments or the daemon are unusable.

        Examples
          thaw list
          thaw list --json | jq -r '.[].FunctionName'
        """;

    public const string Logs = """
        thaw logs NAME [options]: shows what a function has logged, also before the daemon's last start

        Prints each event of the log on standard output, the oldest first, and ends; the platform's lines are dim on a terminal.

          --follow                     stay, and print what comes within a moment of its being written, until Ctrl-C
          --since WHEN                 nothing older than a duration (30s, 10m, 2h, 7d) or a time (2026-11-26T12:00:00Z)
          --request-id ID              only what one request caused, by the id that Invoke answers with
          --json                       one JSON object a line: timestamp, ingestionTime, stream, source, requestId, message
          --endpoint URL               where thaw up listens (default $THAW_ENDPOINT, else http://127.0.0.1:9000)

        AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN sign the request, for a daemon with --require-auth.

        Exit status: 0 shown, 1 there is no such function and no log of one, 2 the arguments or the daemon are unusable.

        Examples
          thaw logs hello-node
          thaw logs hello-node --follow --since 10m
          thaw logs hello-node --request-id 8476a536-e9f4-11e8-9739-2dfe598c3fcd
          thaw logs hello-node --json | jq -r 'select(.source == "function") | .message'
        """;

    public const string Doctor = """
        thaw doctor [options]: says what this machine can and cannot do, and what mends it

        Tries what can be tried without a trace: namespaces, control groups, a /tmp with a size, a network, snapshots, and the program
        that each runtime comes to. A line for each on standard output: pass, warn (something is missing, functions run) or fail.

          --fix                        install the Debian packages that mend what is missing, then look again
          --data DIR                   where thaw keeps its files (default $THAW_DATA, else a folder of your account)
          --program RUNTIME=PATH       as for thaw up: the program that runs a runtime or a language; repeat it for several
          --json                       one JSON array: name, verdict, meaning, fix

        Exit status: 0 the isolation that functions get by default works, 1 it does not, 2 the arguments are unusable.

        Examples
          thaw doctor
          thaw doctor --fix
          thaw doctor --json | jq -r '.[] | select(.verdict != "pass") | .fix'
        """;
}

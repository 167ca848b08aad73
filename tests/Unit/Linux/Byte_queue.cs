using Thaw.Linux.AgentProtocol;

namespace Thaw.UnitTests.Linux;

public sealed class Byte_queue
{
    [Fact]
    public void Gives_back_what_was_put_in_in_order()
    {
        var random = new Random(1);
        var (queue, model) = (new ByteQueue(), new Queue<byte>());
        for (var step = 0; step < 2_000; step++)
        {
            if (random.Next(2) == 0)
            {
                var bytes = new byte[random.Next(1_000)];
                random.NextBytes(bytes);
                queue.Append(bytes);
                Array.ForEach(bytes, model.Enqueue);
            }
            else
            {
                var count = random.Next(queue.Count + 1);
                Assert.Equal(Enumerable.Range(0, count).Select(_ => model.Dequeue()), queue.Bytes[..count].ToArray());
                queue.Consume(count);
            }

            Assert.Equal(model.Count, queue.Count);
        }
    }

    [Fact]
    public void Does_not_keep_the_room_of_one_huge_frame()
    {
        var queue = new ByteQueue();
        queue.Append(new byte[4_000_000]);
        queue.Consume(4_000_000);

        Assert.InRange(queue.Room(1).Length, 1, 256 * 1024);
    }
}

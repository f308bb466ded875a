# SpamAssassin behind a pipe: reads "LENGTH\n" and that many bytes, answers "SCORE TESTS\n". No network, no Bayes.
use strict;
use warnings;
use Mail::SpamAssassin;

my ($folder) = @ARGV;
my $judge = Mail::SpamAssassin->new({
    local_tests_only   => 1,
    dont_copy_prefs    => 1,
    userprefs_filename => '/dev/null',
    userstate_dir      => $folder,
});
$judge->compile_now(0, 1);
$| = 1;
binmode STDIN;
print "ready\n";
while (defined(my $line = <STDIN>)) {
    my ($length) = $line =~ /^(\d+)$/ or die "a length must come first";
    read(STDIN, my $raw, $length) == $length or die "the mail is cut off";
    my $mail   = $judge->parse($raw, 0);
    my $status = $judge->check($mail);
    my @hits   = split /,/, $status->get_names_of_tests_hit;
    printf "%s %d\n", $status->get_score, scalar @hits;
    $status->finish;
    $mail->finish;
}

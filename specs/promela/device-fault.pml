/*
 * Device faults against MADV_DONTNEED, with a handler that holds the PT lock until it has dropped the entry in
 * (gru-ptlock), or, with -DFOLLOW, one that drops the lock first as follow_page does (gru-follow). The notifier is
 * called under the PT lock (arcangeli). The mmap lock, which all of them hold for read, excludes nobody and is left out.
 *
 * racewalk.cli.bench.DeviceFault is the same program in Java, statement by statement: one statement here, atomic or of
 * a d_step, is one step there, and locals are those values that the steps of the current operation have read. 'racewalk
 * bench' compares the numbers of states and transitions.
 *
 * spin -DROUNDS=2 -DCPUS=1 -DDEVICES=1 -a device-fault.pml && cc -O2 -DSAFETY -DNOREDUCE -o pan pan.c && ./pan
 */

#define FRAMES (CPUS + 2)	/* one mapped, one being zapped, one in each fault: the allocator never fails */

bool ptl;			/* the PT lock */
byte pte;			/* the frame that the one virtual page is mapped to, from 1, or 0 */
byte refcount[FRAMES + 1];	/* 0: the frame is free */
byte tlb[CPUS];			/* each CPU's translation of the page */
byte spte[DEVICES];		/* each device's */
bool asid_lock[DEVICES];

#define HAS_REFERENCE(frame) assert(frame == 0 || refcount[frame] > 0)

/* MADV_DONTNEED: zap_pte_range. */
active proctype zap()
{
	byte round, frame, i;

end:	do
	:: d_step { round < ROUNDS && !ptl -> ptl = true };
	   d_step { frame = pte };
	   if
	   :: d_step { frame == 0 -> ptl = false; round++ }
	   :: d_step { frame != 0 -> pte = 0 };
	      do
	      :: d_step { i < DEVICES && !asid_lock[i] -> asid_lock[i] = true };
	         d_step { spte[i] = 0 };
	         d_step { asid_lock[i] = false; i++ }
	      :: d_step { i == DEVICES -> ptl = false; i = 0 };
	         break
	      od;
	      do
	      :: d_step { i < CPUS -> tlb[i] = 0; i++ }
	      :: d_step {
	            i == CPUS -> refcount[frame]--;
	            for (i : 0 .. DEVICES - 1) { HAS_REFERENCE(spte[i]) };
	            for (i : 0 .. CPUS - 1) { HAS_REFERENCE(tlb[i]) };
	            i = 0; frame = 0; round++
	         };
	         break
	      od
	   fi
	od
}

/* A CPU's store: through the TLB, or do_page_fault, after which the next round tries again. */
active [CPUS] proctype cpu()
{
	byte round, new, frame;

end:	do
	:: d_step {
	      round < ROUNDS && (tlb[_pid - 1] != 0 || pte != 0) ->
	      if
	      :: tlb[_pid - 1] == 0 -> tlb[_pid - 1] = pte; HAS_REFERENCE(pte)
	      :: else
	      fi;
	      round++
	   }
	:: d_step { round < ROUNDS && tlb[_pid - 1] == 0 && pte == 0 -> skip };
	   d_step { new = 1; do :: refcount[new] == 0 -> break :: else -> new++ od; refcount[new] = 1 };
	   d_step { !ptl -> ptl = true };
	   d_step { frame = pte };
	   if
	   :: d_step { frame != 0 -> ptl = false };
	      d_step { refcount[new]--; new = 0; frame = 0; round++ }
	   :: d_step { frame == 0 -> pte = new };
	      d_step { ptl = false; new = 0; round++ }
	   fi
	od
}

#define ME (_pid - 1 - CPUS)

/* A device's access: through its TLB, or the miss handler, which the user polls in the next round if it fails. */
active [DEVICES] proctype device()
{
	byte round, frame;

end:	do
	:: d_step { round < ROUNDS && spte[ME] != 0 -> round++ }
	:: d_step { round < ROUNDS && spte[ME] == 0 -> skip };
	   d_step { !ptl -> ptl = true };
	   d_step { frame = pte };
	   if
	   :: d_step { frame == 0 -> ptl = false; round++ }
#ifdef FOLLOW
	   :: d_step { frame != 0 -> ptl = false };
	      d_step { spte[ME] = frame; HAS_REFERENCE(frame); frame = 0; round++ }
#else
	   :: d_step { frame != 0 -> spte[ME] = frame; HAS_REFERENCE(frame) };
	      d_step { ptl = false; frame = 0; round++ }
#endif
	   fi
	od
}
